from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("conversations", "0001_initial")]

    operations = [
        migrations.AlterField(
            model_name="turn",
            name="rules",
            field=models.JSONField(
                default=dict,
                help_text="The director's settings in force, defaults and pace included.",
            ),
        ),
    ]
