"""The stage that trains a linear classifier on a frozen trunk, for methods without one."""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from core import Inputs, Output, Setting
from experiments.common.batches import epoch_generator, shuffled
from experiments.common.checkpoint import Stateful
from experiments.common.descent import descend
from experiments.common.finite import mean_loss
from experiments.common.placement import place
from experiments.common.precision import precision_of
from experiments.common.training import run_training
from experiments.icbhi.curves import Curves
from experiments.icbhi.losses import cross_entropy
from experiments.icbhi.material import Material, load_material
from experiments.icbhi.network import CLASSES, load_trunk
from pann import Trunk


def probe(setting: Setting, inputs: Inputs, output: Output) -> None:
    """Train the classifier on the encoder's trunk and leave its curves (see Curves)."""
    torch.set_num_threads(inputs.threads)
    trunk = load_trunk(inputs["encoder"], setting.backbone, setting.width)
    material = load_material(setting, inputs, setting.probe_weights)
    training = Probe(setting, material, trunk, inputs.device, inputs.seed)
    network = (trunk, training.classifier)
    output.info["parameters"] = sum(p.numel() for part in network for p in part.parameters())
    run_training(training, output)


class Probe:
    """The linear phase: Adam at a constant rate, weighted cross-entropy, no augmentation."""

    def __init__(
        self, setting: Setting, material: Material, trunk: Trunk, device: str, seed: int
    ) -> None:
        self.setting = setting
        self.material = material
        self.device = device
        self.seed = seed
        self.trunk = place(trunk, device).eval()
        with torch.random.fork_rng(devices=[]):
            torch.default_generator.manual_seed(seed)
            self.classifier = nn.Linear(trunk.embedding_size, CLASSES).to(device)
        self.optimiser = torch.optim.Adam(
            self.classifier.parameters(), setting.probe_lr, weight_decay=setting.weight_decay
        )
        self.curves = Curves(setting.probe_epochs)
        self.state: Mapping[str, Stateful] = {
            "classifier": self.classifier,
            "optimiser": self.optimiser,
            "curves": self.curves,
        }
        self.embeddings = self._embed_once()

    def run_epoch(self, epoch: int) -> None:
        """Train for one epoch, counted from 0, and note in the curves how it went."""
        generator = epoch_generator(self.seed, epoch)
        batches = shuffled(self.material.parts["train"], self.setting.batch_size, generator)
        losses = torch.stack([self.step(batch) for batch in batches])
        lr = self.setting.probe_lr
        self.curves.note(epoch, loss=mean_loss(losses, epoch, lr), lr=lr)
        self.material.judge(epoch, self.classify, self.curves)

    def step(self, batch: Tensor) -> Tensor:
        """Take one step on the cycles of a batch, and give the loss before it."""
        # Normalised over a batch, a cycle's embedding depends on who shares the batch today.
        fresh = self.material.features.over_batch
        embeddings = self.embed(batch) if fresh else self.embeddings[batch]
        labels = self.material.labels["class"][batch].to(self.device)
        loss = cross_entropy(self.classifier(embeddings)[None], labels, self.material.weights)
        return descend(loss, self.optimiser)

    @torch.inference_mode()
    def classify(self, cycles: Tensor) -> Tensor:
        """Give logits (cycles, 4), on the CPU, of cycles that do not train."""
        logits: Tensor = self.classifier(self.embeddings[cycles])
        return logits.cpu()

    @torch.no_grad()
    def embed(self, batch: Tensor) -> Tensor:
        """Give the frozen trunk's embeddings (batch, size) of some cycles."""
        features = self.material.features
        with precision_of(self.setting.precision, self.device):
            embeddings: Tensor = self.trunk(features.finish(features.batch(batch)))
        return embeddings.float()

    def _embed_once(self) -> Tensor:
        """Embed all cycles (n, size), each part in batches of its own, in order."""
        cycles = torch.cat([*self.material.parts.values()])
        batches = [
            batch
            for part in self.material.parts.values()
            for batch in torch.split(part, self.setting.batch_size)
        ]
        embeddings = torch.cat([self.embed(batch) for batch in batches])
        return embeddings[cycles.argsort()]
