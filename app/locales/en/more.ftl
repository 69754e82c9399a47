download-flow = Download .flow
copied = Copied
copy-json = Copy as JSON
download-folder = Download folder
try-it = Try it
more = More
no-copying = The browser did not allow copying. Download the file instead.
