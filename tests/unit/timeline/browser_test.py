"""Timelines in a real browser (Chromium without a window): nothing covers anything else or leaves
its place, texts can be read in light and dark, every lane can be reached by keyboard, no script of
others runs, and nothing is fetched.

Usage: browser_test.py TIMELINE_SAMPLES [UNITTEST ARGUMENTS...]
MINICLUSTER_SCREENSHOTS=DIRECTORY keeps pictures of all that was looked at.
"""

import html
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree

HERE = os.path.dirname(os.path.abspath(__file__))
SAMPLES = ("ended", "failed", "fresh", "hostile", "large")
LIMIT = 120
DARK = "--blink-settings=preferredColorScheme=0"
LIGHT = "--blink-settings=preferredColorScheme=1"


class Browser(unittest.TestCase):
    program = ""

    @classmethod
    def setUpClass(cls):
        cls.chromium = shutil.which("chromium")
        assert cls.chromium, "no chromium; tools/packages names it in the set `test`"
        cls.directory = tempfile.TemporaryDirectory(prefix="timeline-")
        cls.addClassCleanup(cls.directory.cleanup)
        subprocess.run([cls.program, cls.directory.name], check=True, timeout=LIMIT)
        with open(os.path.join(HERE, "measure.js"), encoding="utf-8") as file:
            cls.measuring = file.read()

    def path(self, name):
        return os.path.join(self.directory.name, name)

    def read(self, name):
        with open(self.path(name), encoding="utf-8") as file:
            return file.read()

    def browse(self, name, *options):
        """Shows a file; returns what the browser prints and what it complains about."""
        profile = tempfile.mkdtemp(dir=self.directory.name)
        ended = subprocess.run(
            [self.chromium, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
             "--disable-dev-shm-usage", "--no-first-run", "--disable-extensions",
             "--host-resolver-rules=MAP * ~NOTFOUND", "--enable-logging=stderr", "--v=0",
             f"--user-data-dir={profile}", *options, "file://" + self.path(name)],
            capture_output=True, text=True, timeout=LIMIT, check=True)
        return ended.stdout, [line for line in ended.stderr.splitlines() if "CONSOLE" in line]

    def measured(self, texts, *options):
        """Faults of pages, found by a script that only the test puts into them: each page in a frame
        of its own, so that the browser need not be started for each."""
        script = ("<script>const result=document.createElement('pre');result.textContent="
                  + self.measuring + ";result.id='measured';document.body.append(result)</script>")
        frames = ""
        for name, text in texts.items():
            text = re.sub(r"<meta http-equiv=\"Content-Security-Policy\"[^>]*>", "", text)
            frame = html.escape(text.replace("</body>", script + "</body>"))
            frames += (f'<iframe name="{name}" style="width:100vw;height:1500px;border:0" '
                       f'srcdoc="{frame}"></iframe>')
        collect = ("<script>addEventListener('load',()=>{const all={};for(const frame of "
                   "document.querySelectorAll('iframe'))all[frame.name]=JSON.parse(frame."
                   "contentDocument.getElementById('measured').textContent);const result=document."
                   "createElement('pre');result.id='all';result.textContent=JSON.stringify(all);"
                   "document.body.append(result)})</script>")
        with open(self.path("frames.html"), "w", encoding="utf-8") as file:
            file.write(f"<!DOCTYPE html><meta charset=utf-8><body style='margin:0'>{frames}{collect}")
        out, console = self.browse("frames.html", "--dump-dom", *options)
        self.assertEqual(console, [])
        found = re.search(r'<pre id="all">(.*?)</pre>', out, re.S)
        self.assertTrue(found, out[-2000:])
        return json.loads(html.unescape(found.group(1)))

    def expect_sound(self, texts, *options, dark=False):
        measured = self.measured(texts, *options)
        self.assertEqual(sorted(measured), sorted(texts))
        for name, found in measured.items():
            with self.subTest(name, dark=dark):
                self.assertEqual(found["faults"], [])
                self.assertEqual(found["dark"], dark)
                self.assertGreater(found["lanes"], 0)
                self.assertEqual(found["scripts"], 1, "only the test's own")
        return measured

    def pages(self):
        return {name: self.read(name + ".html") for name in SAMPLES}

    def drawings(self):
        """Each drawing as the only thing in a page."""
        texts = {}
        for name in SAMPLES:
            text = self.read(name + ".svg")
            xml.etree.ElementTree.fromstring(text)
            texts[name + "-svg"] = ("<!DOCTYPE html><title>Timeline of a test</title><body "
                                    f"style='margin:0'>{text[text.index('<svg'):]}</body>")
        return texts

    def test_in_light(self):
        measured = self.expect_sound({**self.pages(), **self.drawings()}, LIGHT,
                                     "--window-size=1200,1500")
        # What is large is drawn together.
        self.assertLess(measured["large"]["lanes"], 80)
        self.assertLess(os.path.getsize(self.path("large.html")), 500_000)

    def test_in_dark(self):
        self.expect_sound(self.pages(), DARK, "--window-size=1200,1500", dark=True)

    def test_in_a_narrow_window(self):
        measured = self.expect_sound({"large": self.read("large.html")}, LIGHT,
                                     "--window-size=600,900")
        self.assertLessEqual(measured["large"]["width"], 600)

    def test_a_page_as_it_is(self):
        """With its own rule that no script runs and nothing is fetched."""
        out, console = self.browse("hostile.html", "--dump-dom")
        self.assertEqual(console, [])
        self.assertIn("<h1>Timeline of ", out)
        self.assertNotIn("<script", out)
        self.assertNotIn("<img", out)
        self.assertNotIn("<title>caught", out)

    def test_pictures(self):
        directory = os.environ.get("MINICLUSTER_SCREENSHOTS")
        if not directory:
            self.skipTest("nobody wants to see them")
        for name in SAMPLES:
            for option, kind in ((LIGHT, "light"), (DARK, "dark")):
                target = os.path.join(directory, f"{name}-{kind}.png")
                self.browse(name + ".html", f"--screenshot={target}", "--window-size=1200,1500",
                            option)
                self.assertGreater(os.path.getsize(target), 10_000)


if __name__ == "__main__":
    Browser.program = sys.argv[1]
    unittest.main(verbosity=2, argv=[sys.argv[0], *sys.argv[2:]])
