"""The files of an image set: found on this computer or brought, checked, and read."""
