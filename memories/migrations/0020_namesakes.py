"""Two people of one name are two: in who is spoken of, and in what they say in the same words."""

from django.db import migrations, models
from django.db.models.functions import Coalesce, Lower


class Migration(migrations.Migration):
    dependencies = [("memories", "0019_words_of_any_script")]

    operations = [
        migrations.RemoveConstraint(model_name="entity", name="entity_unique_name"),
        migrations.RemoveConstraint(model_name="memory", name="memory_unique_content"),
        migrations.AddField(
            model_name="entity",
            name="apart",
            field=models.CharField(
                blank=True,
                editable=False,
                help_text="What tells it from others of its name.",
                max_length=60,
            ),
        ),
        migrations.AddConstraint(
            model_name="entity",
            constraint=models.UniqueConstraint(
                models.F("community"),
                Lower("name"),
                models.F("kind"),
                models.F("person"),
                models.F("character"),
                models.F("apart"),
                name="entity_unique_name",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="memory",
            constraint=models.UniqueConstraint(
                models.F("owner"),
                models.F("community"),
                models.F("content_hash"),
                models.Case(
                    models.When(
                        models.Q(("kind", "conversation"), ("kind", "gossip"), _connector="OR"),
                        then=Coalesce("told_by_person", "about_person"),
                    ),
                    default=Coalesce("about_person", "told_by_person"),
                ),
                name="memory_unique_content",
                nulls_distinct=False,
            ),
        ),
    ]
