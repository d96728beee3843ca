from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("characters", "0010_goals_have_their_place"),
    ]

    operations = [
        migrations.AddField(
            model_name="goal",
            name="blocked_for",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                editable=False,
                help_text="What is in its way, as its review found; one that a keeper blocks has "
                "none.",
                max_length=300,
            ),
        ),
    ]
