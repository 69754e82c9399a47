say-it = Say it in your own words. The workflow is drawn as it is written, and nothing runs until you turn it on.
try-one = Try one of these
template = Or start from a template
english = Write in English: it is the language the model understands best.
