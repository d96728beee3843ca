from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0013_request"),
    ]

    operations = [
        migrations.AddField(
            model_name="message",
            name="awaits_revision",
            field=models.BooleanField(
                db_default=False,
                default=False,
                editable=False,
                help_text="What was made of it is still to follow what became of it.",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("awaits_revision", True)),
                fields=["id"],
                name="message_to_revise",
            ),
        ),
    ]
