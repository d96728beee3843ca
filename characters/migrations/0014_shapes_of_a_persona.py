"""What is written by hand into a persona's JSON is looked at first. Only forms know of it."""

from django.db import migrations, models

from characters.models import shaped
from fishbowl.operations import together

FIRST = "Texts it may begin with: the first goes first."
DRIVES = "Name of a drive → 0.0–1.0."


def _json(kind, validator, help_text=""):
    return models.JSONField(blank=True, default=kind, help_text=help_text, validators=[validator])


class Migration(migrations.Migration):
    dependencies = [("characters", "0013_why_it_changed")]

    operations = together(
        migrations.AlterField("persona", "drives", _json(dict, shaped.validate_drives, DRIVES)),
        migrations.AlterField(
            "persona", "greetings", _json(list, shaped.validate_greetings, FIRST)
        ),
        migrations.AlterField(
            "persona",
            "group_greetings",
            _json(list, shaped.validate_greetings, "The same, among several only."),
        ),
        migrations.AlterField("speechstyle", "improv", _json(dict, shaped.validate_improv)),
    )
