"""Random changes of training images: over whole batches, on the device, with one draw for each image."""
