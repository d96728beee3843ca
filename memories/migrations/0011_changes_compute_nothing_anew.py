"""What generates a memory's columns for search is left alone when something else of it changes.

PostgreSQL computes stored columns anew at every update of a table that has a trigger before
updates, even one of two columns alone: a memory that weakened, or came to mind, was taken apart
into words each time, which took half of the update. The check of changed vectors comes after.
"""

from django.db import migrations

AFTER = """
DROP TRIGGER vector_fits_model ON memories_memory;
CREATE TRIGGER vector_fits_model BEFORE INSERT ON memories_memory
    FOR EACH ROW WHEN (NEW.embedding IS NOT NULL) EXECUTE FUNCTION memories_check_dimensions();
CREATE TRIGGER changed_vector_fits_model AFTER UPDATE OF embedding, embedding_model_id
    ON memories_memory
    FOR EACH ROW WHEN (NEW.embedding IS NOT NULL) EXECUTE FUNCTION memories_check_dimensions();
"""
BEFORE = """
DROP TRIGGER changed_vector_fits_model ON memories_memory;
DROP TRIGGER vector_fits_model ON memories_memory;
CREATE TRIGGER vector_fits_model BEFORE INSERT OR UPDATE OF embedding, embedding_model_id
    ON memories_memory
    FOR EACH ROW WHEN (NEW.embedding IS NOT NULL) EXECUTE FUNCTION memories_check_dimensions();
"""


class Migration(migrations.Migration):
    dependencies = [("memories", "0010_signed_under_one_path")]

    operations = [migrations.RunSQL(AFTER, BEFORE)]
