// Everything script adds to pages for visitors. Pages work without it.
