"""The stage that turns captions into vectors, once for everything that reads them."""

import torch

from core import Inputs, Output, Setting
from core.errors import Stopped
from core.folders import user_cache
from experiments.retrieval.kept_embeddings import KeptEmbeddings
from experiments.retrieval.relevance import Array
from experiments.retrieval.text_encoders import TextEncoder, load_text_encoder


def prepare(setting: Setting, inputs: Inputs, output: Output) -> None:
    """Encode all captions with the setting's text encoder, `text`, in its `precision`.

    `embedding` (captions, dim) float32, unit vectors in the order of the stage `captions`. The info
    has `dim` and `digest`, which tells the weights and the precision. What sentence-transformers
    encode is kept in the user's cache folder by the hash of the text: captions that another dataset
    or correction shares, and those done before a kill, are not encoded again.
    """
    torch.set_num_threads(inputs.threads)
    encoder = load_text_encoder(setting.text, inputs.models, inputs.device, setting.precision)
    texts = inputs["captions"]["text"].tolist()
    output["embedding"] = _encode(encoder, texts, setting.text != "hashed", output)
    output.info |= {"dim": encoder.dim, "digest": encoder.digest}


def _encode(encoder: TextEncoder, texts: list[str], kept: bool, output: Output) -> Array:
    if not kept:  # quicker than to look it up
        return encoder.encode(texts)

    def tell(done: int, total: int) -> None:
        output.progress(done, total)
        if output.stopping and done < total:
            raise Stopped(f"asked to stop, {done} of {total} captions are encoded")

    return KeptEmbeddings(encoder, user_cache() / "embeddings").encode(texts, tell)
