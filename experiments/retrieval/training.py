"""The stage that trains a dual encoder on clips and their captions."""

from collections.abc import Callable, Collection, Iterator, Mapping

import torch
from torch import Tensor
from torch.optim.lr_scheduler import ReduceLROnPlateau

from core import Inputs, Output, Setting
from core.errors import UnknownName
from experiments.common.batches import epoch_generator, shuffled
from experiments.common.best import Best
from experiments.common.checkpoint import Stateful
from experiments.common.curves import Curves
from experiments.common.descent import descend
from experiments.common.finite import mean_loss
from experiments.common.placement import place
from experiments.common.precision import precision_of
from experiments.common.training import run_training
from experiments.retrieval.ahead import ahead
from experiments.retrieval.freezing import freeze
from experiments.retrieval.loss import info_nce
from experiments.retrieval.material import Batch, Part, load_part
from experiments.retrieval.network import Network, build, save_weights
from experiments.retrieval.pairs import draw_pairs
from experiments.retrieval.stopping import stopping_of
from experiments.retrieval.transfer import load_audioset
from experiments.retrieval.validation import Vectors, encode, mean_ap10

SELECTIONS: Mapping[str, Callable[[int, Mapping[str, float]], float]] = {
    "valid_map": lambda epoch, curves: curves["valid_map"],
    "valid_loss": lambda epoch, curves: -curves["valid_loss"],
    "last": lambda epoch, curves: epoch,
    "test_map": lambda epoch, curves: curves["test_map"],
}
"""By what the epoch is chosen whose network is kept: the highest."""

KNOWN: Mapping[str, Collection[str]] = {
    "selection": SELECTIONS,
    "padding": ("masked", "zero"),
    "init": ("scratch", "audioset"),
}


def train(setting: Setting, inputs: Inputs, output: Output) -> None:
    """Train a dual encoder and leave the network of the chosen epoch, `network.pt`.

    Arrays, (epochs until it stopped,): `loss` and `valid_loss`, mean losses of the batches;
    `valid_map`, mAP@10 of validation clips ranked for their captions, and with
    selection=test_map `test_map`, of those of evaluation; `lr`; `temperature`. `epoch`: after how
    many epochs the network was kept.
    """
    torch.set_num_threads(inputs.threads)
    training = Training(setting, inputs)
    network = training.network
    if setting.init == "audioset":
        output.info["weights"] = load_audioset(network.audio, setting, inputs.models)
    run_training(training, output)
    output["epoch"] = training.best.epoch
    output.info["dim"] = network.text.in_features
    output.info["parameters"] = sum(p.numel() for p in network.parameters())
    output.info["trained"] = sum(p.numel() for p in network.parameters() if p.requires_grad)
    output.info["captions"] = {name: len(part.clip) for name, part in training.parts.items()}
    save_weights(training.best.weights, output.folder)


class Training:
    """A network and what trains it."""

    def __init__(self, setting: Setting, inputs: Inputs) -> None:
        self.setting = setting
        self.inputs = inputs
        for factor, known in KNOWN.items():
            if setting[factor] not in known:
                raise UnknownName(factor, setting[factor], known)
        self.stops = stopping_of(setting.stopping)
        splits = {"train": "development", "valid": "validation"}
        if setting.selection == "test_map":
            splits["test"] = "evaluation"
        self.parts = {name: load_part(inputs, split) for name, split in splits.items()}
        self.network = place(self._build(), inputs.device)
        learning = [p for p in self.network.parameters() if p.requires_grad]
        self.optimiser = torch.optim.Adam(learning, setting.lr, fused=True)
        self.scheduler = ReduceLROnPlateau(
            self.optimiser,
            factor=0.1,
            patience=5,
            threshold=0.005,
            threshold_mode="abs",
            min_lr=1e-6,
        )
        self.curves = Curves(setting.epochs)
        self.best = Best()
        self.state: Mapping[str, Stateful] = {
            "network": self.network,
            "optimiser": self.optimiser,
            "scheduler": self.scheduler,
            "curves": self.curves,
            "best": self.best,
        }

    def run_epoch(self, epoch: int) -> bool:
        """Train for one epoch, counted from 0, validate, and tell whether it is the last."""
        torch.manual_seed(self.inputs.seed + epoch)  # of dropout
        lr = self.optimiser.param_groups[0]["lr"]
        note = self.curves.note
        note(epoch, loss=mean_loss(self.learn(epoch), epoch, lr), lr=lr)
        note(epoch, temperature=self.network.temperature.item())
        self.validate(epoch, lr)
        shown = self.curves.shown(epoch)
        self.scheduler.step(shown["valid_loss"])
        score = SELECTIONS[self.setting.selection](epoch, shown)
        self.best.offer(score, epoch + 1, self.network)
        so_far = {name: rows[: epoch + 1] for name, rows in self.curves.arrays.items()}
        last = self.stops(so_far["valid_loss"].tolist())
        if last:
            self.curves.arrays = so_far
        return last

    def learn(self, epoch: int) -> Tensor:
        """Take a step on every batch of the epoch's pairs; give the losses (batches,)."""
        self.network.train()
        part = self.parts["train"]
        batches = ahead(part.read, self.pairs(part, epoch))
        return torch.stack([self.step(part, batch) for batch in batches])

    def step(self, part: Part, batch: Batch) -> Tensor:
        """Take a step on some pairs, and give the loss before it."""
        loss = descend(self.answer(part, batch), self.optimiser)
        if self.setting.learned_temperature:
            self.network.limit_temperature()
        return loss

    @torch.inference_mode()
    def validate(self, epoch: int, lr: float) -> None:
        """Note the loss and the mAP@10 of the parts that do not train."""
        for name, part in self.parts.items():
            if name != "train":
                vectors = encode(self.network, part)
                self.curves.note(epoch, **{f"{name}_map": mean_ap10(vectors, part)})
                if name == "valid":
                    losses = self.valid_losses(part, vectors, epoch)
                    self.curves.note(epoch, valid_loss=mean_loss(losses, epoch, lr))

    def valid_losses(self, part: Part, vectors: Vectors, epoch: int) -> Tensor:
        """Give the losses (batches,) of pairs drawn as those of training are.

        As published, zeros behind clips are heard here too. Where they are masked, the vectors of
        all clips are known.
        """
        pairs = self.pairs(part, epoch)
        if self.setting.padding == "zero":
            return torch.stack([self.answer(part, batch) for batch in ahead(part.read, pairs)])
        picked = ((vectors.clips[part.clip[i]], vectors.captions[i], part.clip[i]) for i in pairs)
        return torch.stack([self.loss(*pair) for pair in picked])

    def pairs(self, part: Part, epoch: int) -> Iterator[Tensor]:
        """Give the captions of an epoch's pairs, in batches."""
        generator = epoch_generator(self.inputs.seed, epoch)
        captions = draw_pairs(self.setting.pairs, part.clip, generator)
        return shuffled(captions, self.setting.batch_size, generator)

    def answer(self, part: Part, batch: Batch) -> Tensor:
        """Give the loss of some pairs."""
        lengths = batch.lengths if self.setting.padding == "masked" else None
        with precision_of(self.setting.precision, self.inputs.device):
            clips = self.network.embed_clips(batch.logmel, lengths)
        captions = self.network.embed_texts(part.embeddings[batch.captions])
        return self.loss(clips[batch.place], captions, batch.clip)

    def loss(self, clips: Tensor, captions: Tensor, clip: Tensor) -> Tensor:
        """Give the loss of vectors of pairs (n, 300); `clip` (n,) tells one clip from another."""
        temperature = self.network.temperature.to(clips.device)
        return info_nce(clips, captions, clip, temperature, self.setting.negatives)

    def _build(self) -> Network:
        """Build the network, its weights drawn, and freeze what does not learn."""
        setting = self.setting
        network = build(
            setting,
            self.parts["train"].embeddings.shape[1],
            self.inputs.seed,
            temperature=setting.temperature,
            conv_dropout=setting.conv_dropout,
            fc_dropout=setting.fc_dropout,
        )
        network.log_temperature.requires_grad_(setting.learned_temperature)
        freeze(network, setting.freezing, setting.fine_tune_from)
        return network
