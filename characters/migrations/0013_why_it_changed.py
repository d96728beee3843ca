"""Why a character changed is told where it was worked out; a reason in a model's words may quote
what was said to few. Which those were nobody noted, so no reason of before is told."""

import django.db.models.deletion
from django.db import migrations, models

from fishbowl.operations import together

HELP = (
    "Its reason is reckoned from counts and may be told to anybody. Any other may"
    " quote what was said to few: it is for the keeper."
)
CUT = """
UPDATE characters_learningevent e
SET learning_event = left(e.learning_event, -length(': ' || m.reason))
FROM characters_selfmodification m
WHERE m.id = e.modification_id AND m.reason <> '' AND right(e.learning_event,
    length(': ' || m.reason)) = ': ' || m.reason;
UPDATE characters_characterversion v
SET reason = split_part(v.reason, ': ', 1) || ' of ' || m.field
FROM characters_selfmodification m
WHERE m.character_id = v.character_id AND m.reason <> '' AND v.reason IN (
    left('drift: ' || m.reason, 300), left('approved: ' || m.reason, 300),
    left('taken back: ' || m.reason, 300));
"""


class Migration(migrations.Migration):
    dependencies = [
        ("characters", "0012_paused_as_a_whole"),
        ("conversations", "0019_requests"),
    ]

    operations = together(
        migrations.AddField(
            model_name="selfmodification",
            name="is_worked_out",
            field=models.BooleanField(
                db_default=False, default=False, editable=False, help_text=HELP
            ),
        ),
        migrations.AddField(
            model_name="selfmodification",
            name="trigger_message",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="conversations.message",
            ),
        ),
        migrations.RunSQL(CUT, migrations.RunSQL.noop),
    )
