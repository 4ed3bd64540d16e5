"""What cannot be trained is refused in words that say what to change, and nothing is written."""

from __future__ import annotations

import errno
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from blazer.core.errors import BlazerError, ConfigError, UsageError
from blazer.core.run_card import RUN_CARD, RunCard, write_run_card
from blazer.training.errors import (
    CheckpointMismatch,
    DatasetDamaged,
    Diverged,
    EmptyDataset,
    LeakError,
    ModelNotFound,
    NoAccelerator,
    OutOfMemory,
    TrainingError,
)
from blazer.training.files import entry_of
from blazer.training.learning import hardware, libraries
from blazer.training.learning import train as training
from blazer.training.learning.guard import told
from blazer.training.learning.models import (
    commit_of,
    find_model,
    load_weights,
    open_model,
    quantize_of,
    weight_options,
)
from blazer.training.learning.place import LOCK, PLAN, held
from blazer.training.learning.settings import WatchSettings
from blazer.training.learning.train import train
from blazer.training.learning.watching import LossWatch, make_callback
from blazer.training.manifest import MANIFEST, digest_of_files
from blazer.training.reading import read_manifest
from tests.training.learning.making import make_model, settings_for, torch, transformers


def _refused(kind: type[BlazerError], says: str, out: Path, **settings: Any) -> None:
    stage = settings.pop("stage", "sft")
    with pytest.raises(kind, match=says):
        train(settings_for(stage, settings.pop("model"), settings.pop("data"), out, **settings))
    assert not (out / RUN_CARD).exists()


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"lora": {"quantize": "4bit"}}, "QLoRA.*needs a CUDA GPU"),
        ({"kernels": "liger"}, "kernels is liger"),
    ],
)
def test_what_needs_a_gpu(settings: Any, says: str, student: Path, data: Path, tmp_path: Path) -> None:
    _refused(NoAccelerator, says, tmp_path / "out", model=student, data=data, **settings)


def test_bf16_on_a_cpu_without_it(
    student: Path, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hardware, "_cpu_has_bf16", lambda: False)
    _refused(NoAccelerator, "precision is bf16", tmp_path / "out", model=student, data=data, precision="bf16")


def test_a_gpu_that_is_not_there(
    student: Path, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    _refused(NoAccelerator, "torch sees no GPU", tmp_path / "out", model=student, data=data, device="cuda")


def test_the_extra_that_is_not_installed(
    student: Path, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(libraries, "find_spec", lambda name: None if name == "trl" else True)
    _refused(ConfigError, r"needs trl.*blazer-agents\[train\]", tmp_path / "out", model=student, data=data)


def test_wandb_that_is_not_installed(
    student: Path, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hardware, "find_spec", lambda name: None)
    _refused(ConfigError, "pip install wandb", tmp_path / "out", model=student, data=data, logging="wandb")


@pytest.mark.parametrize("name", ["nowhere/at/all", "./nothing", "single"])
def test_a_model_that_is_no_place(name: str, data: Path, tmp_path: Path) -> None:
    _refused(ModelNotFound, "neither a directory nor an id", tmp_path / "out", model=name, data=data)


def test_a_model_of_the_hub_without_a_network_is_refused_at_once(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def load(*_: Any, **__: Any) -> None:
        raise AssertionError("loading tries ten times")

    monkeypatch.setattr(transformers.AutoTokenizer, "from_pretrained", load)
    out = tmp_path / "models" / "out"
    _refused(ModelNotFound, "check the name and the network", out, model="some-org/some-model", data=data)
    assert not out.parent.exists()


@pytest.mark.parametrize("there", [False, True])
def test_a_training_that_fails_before_it_has_begun_leaves_nothing(
    student: Path, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: bool
) -> None:
    def fail(*_: Any) -> None:
        assert (out / LOCK).is_file()
        raise TrainingError("no such luck")

    out = tmp_path / "models" / "out"
    if there:
        out.mkdir(parents=True)
    monkeypatch.setattr(training, "open_model", fail)
    _refused(TrainingError, "no such luck", out, model=student, data=data)
    assert out.parent.exists() is there
    if there:
        assert list(out.iterdir()) == []


def test_a_lock_that_was_taken_away_holds_nobody_out_and_a_live_one_does(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with held(out):
        (out / "mine").write_text("")
        with pytest.raises(UsageError, match="another process"), held(out):
            pass
    assert (out / LOCK).is_file()
    (out / "mine").unlink()
    with held(out):
        pass
    assert list(out.iterdir()) == []
    with held(out):
        pass


def test_a_version_of_the_hub_s_model_is_asked_for_and_kept(
    student: Path, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    real = transformers.AutoModelForCausalLM.from_pretrained

    def hub(name: str, **options: Any) -> Any:
        asked.append((name, options.pop("revision")))
        model = real(student, **options)
        model.config._commit_hash = "c0ffee"
        return model

    monkeypatch.setattr(transformers.AutoModelForCausalLM, "from_pretrained", hub)
    begin, settings = find_model("org/name@v2"), settings_for("sft", student, data, tmp_path / "out")
    model = load_weights(begin, settings, hardware.choose(settings), trainable=True)
    assert asked == [("org/name", "v2")]
    assert commit_of(begin, model) == "c0ffee"
    assert commit_of(find_model(str(student)), model) == ""


def test_a_directory_without_a_model(data: Path, tmp_path: Path) -> None:
    (tmp_path / "m").mkdir()
    _refused(ModelNotFound, "holds no model", tmp_path / "out", model=tmp_path / "m", data=data)
    (tmp_path / "m" / "checkpoint-3").mkdir()
    _refused(ModelNotFound, "unfinished training", tmp_path / "out", model=tmp_path / "m", data=data)


def test_damaged_weights(student: Path, data: Path, tmp_path: Path) -> None:
    model = shutil.copytree(student, tmp_path / "m")
    (model / "model.safetensors").write_bytes(b"not weights")
    _refused(TrainingError, "damaged", tmp_path / "out", model=model, data=data)


def test_a_tokenizer_without_a_chat_template(student: Path, data: Path, tmp_path: Path) -> None:
    model = shutil.copytree(student, tmp_path / "m")
    (model / "chat_template.jinja").unlink()
    _refused(UsageError, "no chat template", tmp_path / "out", model=model, data=data)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("<assistant>{% endif %}", "<assistant><system>{% endif %}", r"asks with '<system>'.*another prompt"),
        ("{{ m.content }}<end>", "{{ m.content }}", r"none of the model's end tokens \('<end>'\)"),
        (
            "{% for m in messages %}",
            "{{ raise_exception('no') }}{% for m in messages %}",
            "not take.*user.*no",
        ),
    ],
    ids=["asks otherwise", "no end", "refuses"],
)
@pytest.mark.parametrize("stage", ["sft", "dpo"])
def test_a_template_that_trains_otherwise_than_it_asks(
    stage: str, old: str, new: str, says: str, student: Path, data: Path, tmp_path: Path
) -> None:
    model = shutil.copytree(student, tmp_path / "m")
    template = (model / "chat_template.jinja").read_text()
    assert old in template
    (model / "chat_template.jinja").write_text(template.replace(old, new))
    _refused(UsageError, says, tmp_path / "out", model=model, data=data, stage=stage)


def test_no_data_set_and_one_that_was_altered(student: Path, data: Path, tmp_path: Path) -> None:
    _refused(UsageError, "holds no data set", tmp_path / "out", model=student, data=tmp_path)
    altered = shutil.copytree(data, tmp_path / "data")
    with (altered / "sft" / "train.jsonl").open("a") as stream:
        stream.write("{}\n")
    _refused(DatasetDamaged, r"sft/train\.jsonl was altered", tmp_path / "out", model=student, data=altered)


def test_a_seed_kept_for_evaluation(student: Path, data: Path, tmp_path: Path) -> None:
    """Also in a data set that somebody has edited together with its manifest."""
    altered = shutil.copytree(data, tmp_path / "data")
    path = altered / "sft" / "train.jsonl"
    first, *others = path.read_text().splitlines(keepends=True)
    path.write_text("".join([json.dumps(json.loads(first) | {"seed": 2_000_005}) + "\n", *others]))
    manifest = read_manifest(altered)
    files = tuple(
        entry.model_copy(
            update=entry_of(altered, entry.path, entry.rows).model_dump(include={"bytes", "sha256"})
        )
        for entry in manifest.files
    )
    forged = manifest.model_copy(update={"files": files, "digest": digest_of_files(files)})
    (altered / MANIFEST).write_text(forged.model_dump_json())
    _refused(LeakError, "kept for evaluation", tmp_path / "out", model=student, data=altered)


def test_a_split_without_rows(student: Path, data: Path, tmp_path: Path) -> None:
    empty = shutil.copytree(data, tmp_path / "data")
    manifest = read_manifest(empty)
    shutil.rmtree(empty / "dpo")
    files = tuple(entry for entry in manifest.files if not entry.path.startswith("dpo/"))
    counts = {kind: splits for kind, splits in manifest.counts.items() if kind != "dpo"}
    without = {"files": files, "counts": counts, "digest": digest_of_files(files)}
    (empty / MANIFEST).write_text(manifest.model_copy(update=without).model_dump_json())
    _refused(
        EmptyDataset, "no dpo rows.*--kinds dpo", tmp_path / "out", model=student, data=empty, stage="dpo"
    )


def test_a_model_that_was_asked_in_another_style(student: Path, data: Path, tmp_path: Path) -> None:
    model = shutil.copytree(student, tmp_path / "m")
    card = RunCard(
        stage="base",
        name="m",
        style="full",
        model="tiny",
        config={},
        seed=0,
        versions={},
        device="cpu",
        steps=1,
        epochs=1,
        wall_s=1,
        parameters=1,
        metrics={},
        weights_digest="",
    )
    write_run_card(model, card)
    _refused(UsageError, "in style brief.*in style full", tmp_path / "out", model=model, data=data)


def test_rows_longer_than_the_model_has_positions(tokenizer: Any, data: Path, tmp_path: Path) -> None:
    model = make_model(tmp_path / "m", tokenizer, positions=64)
    _refused(UsageError, r"too long.*64 allowed.*leave_out", tmp_path / "out", model=model, data=data)
    _refused(EmptyDataset, "fits in 64 tokens", tmp_path / "o", model=model, data=data, too_long="leave_out")


@pytest.mark.parametrize("force", [False, True])
def test_a_directory_of_something_else_is_left_alone(
    force: bool, student: Path, data: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "thesis.tex").write_text("years of work")
    with pytest.raises(CheckpointMismatch, match="holds no training"):
        train(settings_for("sft", student, data, out), force=force)
    assert (out / "thesis.tex").read_text() == "years of work"


def test_the_model_itself_is_never_the_place(student: Path, data: Path, tmp_path: Path) -> None:
    model = shutil.copytree(student, tmp_path / "m")
    for out in (model, tmp_path):
        with pytest.raises(UsageError, match="in the output directory"):
            train(settings_for("sft", model, data, out), force=True)
    assert (model / "model.safetensors").is_file()


def _adapter_on(base: str, at: Path) -> Path:
    """Files of an adapter, without weights that would be read."""
    at.mkdir()
    (at / "adapter_config.json").write_text(
        json.dumps({"base_model_name_or_path": base, "peft_type": "LORA"})
    )
    (at / "adapter_model.safetensors").write_bytes(b"")
    return at


@pytest.mark.parametrize(
    ("base", "says"), [("../gone", "no directory"), ("", "not say which model")], ids=["gone", "no base"]
)
def test_an_adapter_whose_model_is_not_there(base: str, says: str, data: Path, tmp_path: Path) -> None:
    model = _adapter_on(base, tmp_path / "lora")
    _refused(ModelNotFound, says, tmp_path / "out", model=model, data=data)


def test_the_model_under_an_adapter_is_never_the_place(student: Path, data: Path, tmp_path: Path) -> None:
    base = shutil.copytree(student, tmp_path / "base")
    model = _adapter_on("../base", tmp_path / "lora")
    with pytest.raises(UsageError, match=r"adapter's model .* in the output directory"):
        train(settings_for("sft", model, data, base), force=True)
    assert (base / "model.safetensors").is_file()


def test_a_checkpoint_of_an_unfinished_training_is_no_model(
    student: Path, data: Path, tmp_path: Path
) -> None:
    model = shutil.copytree(student, tmp_path / "sft" / "checkpoint-3")
    (tmp_path / "sft" / PLAN).write_text("{}")
    _refused(ModelNotFound, "not finished", tmp_path / "out", model=model, data=data)


def test_lora_targets_that_the_model_has_not(student: Path, data: Path, tmp_path: Path) -> None:
    lora = {"targets": ("q_proj", "nope")}
    says = r"names nope, .* it has down_proj, gate_proj, k_proj, o_proj, q_proj, up_proj, v_proj$"
    _refused(ConfigError, says, tmp_path / "out", model=student, data=data, lora=lora)


@pytest.fixture(scope="module")
def adapter(student: Path, data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished adapter on all linear modules."""
    out = tmp_path_factory.mktemp("adapter") / "lora"
    train(settings_for("sft", student, data, out, max_steps=1, lora={"rank": 4, "dropout": 0.1}))
    return out


@pytest.mark.parametrize(
    ("other", "says"),
    [
        ({"rank": 8}, r"lora\.rank is 4 there, and 8 here"),
        ({"dropout": 0.5}, r"lora\.dropout is 0\.1 there, and 0\.5 here"),
        ({"targets": ("q_proj",)}, r"lora\.targets is \['down_proj', .* there, and \['q_proj'\] here"),
    ],
)
def test_an_adapter_is_not_said_to_be_another(
    other: Any, says: str, adapter: Path, data: Path, tmp_path: Path
) -> None:
    lora = {"rank": 4, "dropout": 0.1}
    _refused(UsageError, says, tmp_path / "out", model=adapter, data=data, lora=lora | other)
    begin, alike = find_model(str(adapter)), settings_for("sft", adapter, data, tmp_path / "o", lora=lora)
    with libraries.quiet():
        assert open_model(begin, alike, hardware.choose(alike)).peft_config is None


def test_an_adapter_s_model_is_kept_as_it_was(adapter: Path, data: Path, tmp_path: Path) -> None:
    begin, settings = find_model(str(adapter)), settings_for("dpo", adapter, data, tmp_path / "out")
    gpu = hardware.Hardware("cuda", bf16=True, name="x")
    assert quantize_of(begin, settings) == "none"
    assert weight_options(settings, gpu, adapter=begin.adapter)["dtype"] is torch.bfloat16
    assert begin.card is not None
    config = {**begin.card.config, "lora": {**begin.card.config["lora"], "quantize": "4bit"}}
    quantized = begin._replace(card=begin.card.model_copy(update={"config": config}))
    assert quantize_of(quantized, settings) == "4bit"
    assert "quantization_config" in weight_options(settings, gpu, adapter=True, quantize="4bit")
    with pytest.raises(NoAccelerator, match=r"was trained in 4bit.*needs a CUDA GPU"):
        hardware.choose(settings, "4bit")


@pytest.mark.parametrize(
    ("raised", "kind", "says"),
    [
        (MemoryError(), OutOfMemory, "lower optim.batch_size"),
        (RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory"), OutOfMemory, "machine"),
        (torch.OutOfMemoryError("CUDA out of memory"), OutOfMemory, "GPU.*gradient_checkpointing"),
        (OSError(errno.ENOSPC, "No space left on device"), TrainingError, "no room left"),
        (RuntimeError("PytorchStreamWriter failed: file write failed"), TrainingError, "no room left"),
    ],
)
def test_too_little_memory_or_disk_says_what_to_change(
    raised: Exception,
    kind: type[BlazerError],
    says: str,
    student: Path,
    data: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: Any) -> None:
        raise raised

    monkeypatch.setattr(training, "make_trainer", fail)
    _refused(kind, says, tmp_path / "out", model=student, data=data)


@pytest.mark.parametrize(
    "raised", [RuntimeError("shapes differ"), OSError(errno.EIO, "broken"), KeyError("x")]
)
def test_other_errors_stay_what_they_are(raised: Exception, student: Path, data: Path) -> None:
    with pytest.raises(type(raised)), told(settings_for("sft", student, data, Path("out"))):
        raise raised


def test_training_that_diverges_is_stopped_before_a_checkpoint_holds_it(
    student: Path, data: Path, tmp_path: Path
) -> None:
    model = shutil.copytree(student, tmp_path / "m")
    loaded = transformers.AutoModelForCausalLM.from_pretrained(model)
    with torch.no_grad():
        loaded.lm_head.weight[0, 0] = float("nan")
    loaded.save_pretrained(model)
    with pytest.raises(Diverged, match=r"step 1 .*the loss is nan.*optim\.learning_rate") as caught:
        train(settings_for("sft", model, data, tmp_path / "out", checkpoint_steps=1))
    assert caught.value.step == 1
    assert not list((tmp_path / "out").glob("checkpoint-*"))


def test_a_validation_loss_that_is_no_number_is_told() -> None:
    callback = make_callback("sft", WatchSettings(), lambda _: None)
    state = transformers.TrainerState(global_step=4, max_steps=4)
    callback.on_log(None, state, None, logs={"loss": 1.0, "learning_rate": 0.1})
    with pytest.raises(Diverged, match=r"step 4 \(learning rate 0\.1\): the loss on validation rows is nan"):
        callback.on_log(None, state, None, logs={"eval_loss": float("nan")})


def test_a_rising_loss_is_told_from_a_noisy_one() -> None:
    watch = LossWatch(WatchSettings(factor=3.0))
    for step, loss in enumerate([2.0, 1.5, 9.0, 1.4, 1.3, 8.0, 1.2]):
        watch.see(step, loss, 1e-3)
    with pytest.raises(Diverged, match="rose from 2 to") as caught:
        for step, loss in enumerate([7.0, 8.0, 9.0], start=7):
            watch.see(step, loss, 1e-3)
    assert (caught.value.step, caught.value.learning_rate) == (9, 1e-3)
    small = LossWatch(WatchSettings(factor=3.0))
    for step in range(9):
        small.see(step, 0.001 if step == 0 else 0.1, 1e-3)
    for bad in (float("nan"), float("inf")):
        with pytest.raises(Diverged):
            LossWatch(WatchSettings(factor=None)).see(1, bad, 1e-3)
        with pytest.raises(Diverged):
            LossWatch(WatchSettings(factor=None)).see(1, 1.0, 1e-3, bad)
