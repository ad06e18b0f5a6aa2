"""One answer to every question: a typed question, planned per fact, asked of a published version."""
