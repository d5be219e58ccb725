"""Where tests find real text encoders, and one so small that it is drawn in a moment."""

import json
import os
from pathlib import Path

import pytest

from reference_models import CHECKPOINTS, presence

MODELS = os.environ.get("SONOPLAN_TEST_MODELS", "")


def real_model(name: str) -> Path:
    """Give the folder of checkpoints that holds a real one, or skip the test."""
    folder = Path(MODELS)
    if not MODELS or presence(CHECKPOINTS[name], folder).state != "here":
        pytest.skip(
            f"text encoder {name!r} not found in {MODELS or 'any folder'}; set "
            "SONOPLAN_TEST_MODELS to a folder of checkpoints that holds it (docs/models.md)"
        )
    return folder


def draw_model(folder: Path) -> Path:
    """Leave a drawn model of sentence-transformers in a folder; give the path of its weights."""
    import torch
    from transformers import BertConfig, BertModel

    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    words += ["a", "dog", "barks", "rain", "falls", "on", "the", "roof", "wind", "in", "trees"]
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(words),
        hidden_size=8,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=32,
    )
    BertModel(config).save_pretrained(folder, safe_serialization=True)
    _write_tokenizer(words, folder)
    pooling = {"word_embedding_dimension": 8, "pooling_mode_mean_tokens": True}
    kinds = ("Transformer", "Pooling", "Normalize")
    modules = [
        {
            "idx": i,
            "name": str(i),
            "path": "" if i == 0 else f"{i}_{kind}",
            "type": f"sentence_transformers.models.{kind}",
        }
        for i, kind in enumerate(kinds)
    ]
    contents = {
        "modules.json": modules,
        "1_Pooling/config.json": pooling,
        "sentence_bert_config.json": {"max_seq_length": 32, "do_lower_case": False},
        "config_sentence_transformers.json": {"__version__": {}},
        "special_tokens_map.json": {},
    }
    for name, content in contents.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(json.dumps(content))
    return folder / "model.safetensors"


def _write_tokenizer(words: list[str], folder: Path) -> None:
    from tokenizers import BertWordPieceTokenizer
    from transformers import BertTokenizerFast

    vocabulary = {word: i for i, word in enumerate(words)}
    tokenizer = BertWordPieceTokenizer(vocab=vocabulary, lowercase=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    BertTokenizerFast(tokenizer_file=str(folder / "tokenizer.json")).save_pretrained(folder)
