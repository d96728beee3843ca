"""What a page, an insight, a step or a goal rests on may be forgotten before it, and what may be read
by whom is known by that: so it is noted. What stands already is noted by what is left of it; where
nothing is, a page or an insight is for nobody."""

from django.db import migrations, models

from fishbowl.operations import together

HELP = "It rests on what not everybody may read, which may be forgotten before it."
RESTING = {  # by model: the table of its links, and its column in there
    "reflection": ("characters_reflection_input_memories", "reflection_id"),
    "insight": ("characters_insight_evidence_memories", "insight_id"),
    "learningevent": ("characters_learningevent_evidence_memories", "learningevent_id"),
    "goal": ("characters_goal_evidence_memories", "goal_id"),
}
NOTED = """
    UPDATE characters_{model} SET is_withheld = true WHERE EXISTS (
        SELECT FROM {links} l JOIN memories_memory m ON m.id = l.memory_id
        WHERE l.{column} = characters_{model}.id
          AND (m.told_by_person_id IS NOT NULL OR m.about_person_id IS NOT NULL OR m.is_adult
               OR m.visibility NOT IN ('public', 'basic'))
    );
"""
BARE = """
    UPDATE characters_{model} SET is_withheld = true WHERE NOT EXISTS (
        SELECT FROM {links} l WHERE l.{column} = characters_{model}.id
    );
"""


def noted():
    for model, (links, column) in RESTING.items():
        found = NOTED + BARE if model in ("reflection", "insight") else NOTED
        yield found.format(model=model, links=links, column=column)


class Migration(migrations.Migration):
    dependencies = [
        ("characters", "0008_told_apart"),
        ("memories", "0014_words_of_one_owner"),
    ]

    operations = together(
        *(
            migrations.AddField(
                model_name=model,
                name="is_withheld",
                field=models.BooleanField(
                    db_default=False, default=False, editable=False, help_text=HELP
                ),
            )
            for model in RESTING
        ),
        migrations.RunSQL("".join(noted()), migrations.RunSQL.noop),
    )
