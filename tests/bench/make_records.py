"""Makes N rows of a spreadsheet from the words of the sample catalogues: DIRECTORY N."""
import csv, random, sys

rows = list(csv.DictReader(open(sys.argv[1] + "/kivuli-centre.csv", encoding="utf-8")))
words = " ".join(v for r in rows for v in r.values() if v).split()
random.seed(1)
out = csv.writer(sys.stdout, delimiter="\t", lineterminator="\n")
out.writerow(["id", "title", "creator", "subject", "description", "language", "year"])
for i in range(int(sys.argv[2])):
    pick = lambda n: " ".join(random.choices(words, k=n))
    out.writerow([i, pick(6), pick(2), pick(3), pick(70), random.choice(["en", "sw", "fr"]), random.randint(1950, 2026)])
