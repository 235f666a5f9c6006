"""One file per area: a name, arguments, one call inward. What a job means is the area's business."""
