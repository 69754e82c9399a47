tab-leaves = Tab now leaves the text.
tab-indents = Tab indents. Press Escape first to leave the text with Tab.
