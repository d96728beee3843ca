"""How talk becomes memory, opinion and knowledge."""
