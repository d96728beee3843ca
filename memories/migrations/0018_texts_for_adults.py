"""A text for adults is itself known only where adults are among themselves, as its pieces are: its
whole content stood open to every view."""

from django.db import migrations

HIDDEN = """
CREATE POLICY age_fits ON memories_loredocument AS RESTRICTIVE FOR SELECT TO fishbowl_prompt
    USING (NOT is_adult OR (SELECT memories_view_is_adult()));
"""
OPEN = "DROP POLICY age_fits ON memories_loredocument"


class Migration(migrations.Migration):
    dependencies = [("memories", "0017_notes_rest_on")]

    operations = [migrations.RunSQL(HIDDEN, OPEN)]
