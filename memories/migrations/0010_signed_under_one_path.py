"""A view's signature is planned once a connection. It is reckoned by the application, which opens
the view, and then by `memories_view`, which has a search path of its own; and what was planned
under one path is planned anew under another. So each view took two plans, .06 ms each.
"""

from django.db import migrations

ONE_PATH = """
DO $$ BEGIN
    EXECUTE format('ALTER FUNCTION memories_view_signature(text) SET search_path = pg_catalog, %I, pg_temp', current_schema());
END $$;
"""
ANY_PATH = "ALTER FUNCTION memories_view_signature(text) RESET search_path"


class Migration(migrations.Migration):
    dependencies = [
        ("memories", "0009_candidates_by_numbers"),
    ]

    operations = [migrations.RunSQL(ONE_PATH, ANY_PATH)]
