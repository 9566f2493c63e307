"""Modules that torch lacks, one file each, importing only torch; exports copy their source."""
