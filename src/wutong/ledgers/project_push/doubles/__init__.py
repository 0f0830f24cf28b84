"""Projects that were entered twice: found, merged, taken apart again."""
