"""What is trained on and how: the data set with a look at its images, and the settings of the next run."""

from __future__ import annotations

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from explorer.gui.data.box import DataBox
from explorer.gui.panel import Panel, register, with_training
from explorer.gui.plots.schedule_sketch import ScheduleSketch, rates_of
from explorer.gui.run_settings.preset_box import PresetBox
from explorer.gui.run_settings.schedule_words import schedule_words
from explorer.gui.run_settings.settings_form import SettingsForm
from explorer.gui.run_settings.stage_editor import StageEditor
from explorer.gui.session import Session
from explorer.gui.training.training_session import TrainingSession
from explorer.gui.trials.augmentation_preview import AugmentationPreview
from explorer.gui.trials.box import TrialBox
from explorer.gui.trials.faces import FACES
from explorer.gui.trials.rate_dialog import show_rates
from explorer.gui.trials.record import TrialKind
from explorer.gui.weights.start_box import StartBox
from explorer.gui.widgets.column import Column
from explorer.gui.widgets.form import heading, words
from explorer.training.augmentation.settings import AUGMENTATION
from explorer.training.config import TrainConfig
from explorer.training.order import batch_sizes

SECTIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Optimisation", ("epochs", "batch_size", "optimizer", "lr", "momentum", "nesterov", "weight_decay",
                      "label_smoothing", "class_weights", "clip_norm", "ema_decay", "evaluate_average", "patience",
                      "validation_fraction", "further_sizes")),
    ("Schedule", ("schedule", "step_size", "milestones", "gamma", "eta_min", "pct_start", "div_factor",
                  "final_div_factor")),
    ("Stages", ()),
    ("Augmentation", tuple(AUGMENTATION)),
    ("First weights", ("initialisation", "seed")),
    ("Device", ("device", "precision", "memory_format", "accumulation", "activation_checkpointing", "threads",
                 "workers", "sync_batch_norm")),
    ("Record", ("keep_every", "block_statistics", "tensorboard")),
)  # fmt: skip
# Images take the size of the network's input, which Design sets; stages have an editor of their own.
_ELSEWHERE = frozenset({"image_size", "stages"})


class TrainSettingsPanel(Column):
    """The settings of the next run; the one that goes on keeps its own."""

    def __init__(self, session: Session, training: TrainingSession) -> None:
        super().__init__("panel_train_settings")
        self._session, self._training = session, training
        self._data, self._sketch, self._start = DataBox(training), ScheduleSketch(), StartBox(session, training)
        self._stages = StageEditor(training, session.network)
        self._note, self._rates = words("settings_note", "muted"), words("schedule_words", "muted")
        self._forms = {title: SettingsForm(names) for title, names in sections() if names}
        self._preset, self._samples = PresetBox(session, training), AugmentationPreview(session, training)
        self._arrange()
        self._connect()

    def _arrange(self) -> None:
        content = QWidget()
        content.setObjectName("train_settings")
        column = QVBoxLayout(content)
        column.setContentsMargins(12, 10, 12, 12)
        column.setSpacing(6)
        column.addWidget(self._note)
        column.addWidget(heading("Data"))
        column.addWidget(self._data)
        column.addSpacing(6)
        column.addWidget(heading("Preset"))
        column.addWidget(self._preset)
        column.addSpacing(6)
        column.addWidget(heading("Start from"))
        column.addWidget(self._start)
        further = self._further()
        label_width = max(form.label_width for form in self._forms.values())
        for title, _ in sections():
            column.addSpacing(6)
            column.addWidget(heading(title))
            if title in self._forms:
                self._forms[title].set_label_width(label_width)
                column.addWidget(self._forms[title])
            for part in further.get(title, ()):
                column.addWidget(part)
        column.addSpacing(6)
        column.addWidget(heading("Dry run"))
        column.addWidget(TrialBox(TrialKind.DRY_RUN, self._session, self._training))
        column.addStretch()
        self.setWidget(content)

    def _further(self) -> dict[str, tuple[QWidget, ...]]:
        """What stands below the fields of a section."""
        session, training = self._session, self._training
        return {
            "Optimisation": (self._make_rate_button(), TrialBox(TrialKind.BATCH, session, training)),
            "Schedule": (self._sketch, self._rates),
            "Augmentation": (self._samples,),
            "Stages": (self._stages,),
            "Device": (TrialBox(TrialKind.WAY, session, training),),
        }

    def _make_rate_button(self) -> QPushButton:
        face, button = FACES[TrialKind.RATE], QPushButton("Find a learning rate…")
        button.setObjectName("button_find_rate")
        button.setToolTip(f"{face.help} ({face.shortcut})")
        button.clicked.connect(lambda: show_rates(self._session, self._training, self.window()))
        return button

    def _connect(self) -> None:
        training = self._training
        for form in self._forms.values():
            form.changed.connect(training.change)
            form.settled.connect(training.settle)
        training.settings_changed.connect(self._show_settings)
        training.data.changed.connect(self._show_data)
        training.start_from.changed.connect(self._show_data)
        training.state_changed.connect(self._show_data)
        training.metrics_changed.connect(self._show_share)
        self._session.changed.connect(self._show_data)
        self._show_settings()
        self._show_data()

    def _show_settings(self) -> None:
        for form in self._forms.values():
            form.show_draft(self._training.draft)
        self._data.show_facts(self._session.network)
        self._stages.show_stages(self._session.network)
        self._show_rates()

    def _show_data(self) -> None:
        if not self.isVisible():
            return  # every edit of the design comes by here
        training, network = self._training, self._session.network
        training.data.look(network)
        training.start_from.look(network, training.data.dataset.classes)
        self._data.show_data(network)
        self._stages.show_stages(network)
        self._note.setText("These are the settings of the next run; the one that goes on keeps its own.")
        self._note.setVisible(training.active)
        self._show_rates()
        self._show_share()

    def _show_rates(self) -> None:
        """Draws the schedule over the steps that a run would take."""
        config = self._training.config
        images, _ = self._training.data.divided(config.validation_fraction)
        steps = max(len(batch_sizes(images, config.batch_size)), 1)
        self._sketch.show_rates(rates_of(config, steps), config.epochs)
        self._rates.setText(schedule_words(config, steps))

    def _show_share(self) -> None:
        self._sketch.show_share(self._training.record.share if self._training.active else None)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show_data()
        self._samples.look()


def sections() -> list[tuple[str, tuple[str, ...]]]:
    """Every setting under a heading; what nobody has sorted yet comes last."""
    placed = {name for _, names in SECTIONS for name in names} | _ELSEWHERE
    others = tuple(name for name in TrainConfig.fields() if name not in placed)
    return [*SECTIONS, *([("More", others)] if others else [])]


register(Panel("train_settings", "Data and settings", "train", "left", with_training(TrainSettingsPanel)))
