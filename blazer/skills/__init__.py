"""The API that programs call: declared once, validated, planned without collisions, executed."""
