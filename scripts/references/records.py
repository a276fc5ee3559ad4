"""The records of each real study: one row a record, columns by the names of the study's dictionary, all as text
with "" for missing, and beside them `site` and `key` (equal for rows that belong together)."""

import hashlib
import pathlib

import pandas

NO_YES = {"1": "0", "2": "1"}


def read(folder, path):
    return pandas.read_csv(pathlib.Path(folder) / path, dtype=str, keep_default_na=False)


def whole(column):
    """"3.0" as "3"."""
    return column.str.replace(r"\.0$", "", regex=True)


def part(text, parts):
    """The remainder of the first four bytes of the text's SHA-256, as a number, by `parts`."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") % parts


def table(site, key, **columns):
    return pandas.DataFrame({"site": site, "key": key, **columns})


def thiomon(data):
    source = read(data, "ibd-thiomon/thiomon_dev.csv.gz")
    names = [name for name in source if name not in ("row_id", "active", "pseudo_site_iid", "pseudo_site_age")]
    return table("site-" + source.pseudo_site_iid.str.lower(), source.row_id, **source[names])


def prism(data):
    source = read(data, "ibd-prism-nlibd/prism_nlibd_dev.csv.gz")
    town = source.site.map({"Boston": "boston", "Netherlands": "groningen"})
    half = source.patient_id.map(lambda patient: str(part("prism:" + patient, 2) + 1))
    # Relative abundances as parts per ten million.
    metabolites = {
        name.lower(): (source[name].astype(float) * 1e7).map(repr) for name in source if name.startswith("met_")}
    return table(
        town + "-" + half, source.patient_id, **metabolites,
        ibd=source.group.map({"Control": "0", "IBD": "1", "CD": "1", "UC": "1"}))


def cis(data):
    source = read(data, "ms-cis-conversion/cis_dev.csv")
    known = {"1": "yes", "2": "no", "3": "unknown"}
    names = ["LLSSEP", "ULSSEP", "VEP", "BAEP", "Periventricular_MRI", "Cortical_MRI", "Infratentorial_MRI",
             "Spinal_Cord_MRI", "Initial_EDSS"]
    return table(
        "site-" + source.pseudo_site.str.lower(), source.patient_id, age=source.Age,
        sex=source.Gender.map({"1": "male", "2": "female"}), schooling=source.Schooling,
        breastfeeding=source.Breastfeeding.map(known),
        varicella=source.Varicella.map(known),
        symptoms=source.Mono_or_Polysymptomatic.map({"1": "mono", "2": "poly", "3": "unknown"}),
        oligoclonal_bands=source.Oligoclonal_Bands.map({"0": "negative", "1": "positive", "2": "unknown"}),
        **{name.lower(): source[name] for name in names}, converted=source.converted)


def arthritis(data):
    source = read(data, "ra-arthritis-trials/ra_multgee_arthritis.csv")
    scale = {"1": "very poor", "2": "poor", "3": "fair", "4": "good", "5": "very good"}
    grades = {"": "", "1": "0", "2": "0", "3": "0", "4": "1", "5": "1"}
    site = source.id.map(lambda patient: "site-" + "abcd"[part("ra:" + patient, 4)])
    return table(
        site, source.id, age=source.age, sex=source.sex.map({"1": "female", "2": "male"}),
        treatment=source.trt.map({"1": "placebo", "2": "drug"}), baseline=source.baseline.map(scale),
        month=source.time, good=whole(source.y).map(grades))


def heart(data):
    source = read(data, "multi-uci-heart/heart_dev.csv")
    pain = {"1": "typical angina", "2": "atypical angina", "3": "other pain", "4": "none"}
    return table(
        source.hospital, source.patient_no, age=source.age, sex=source.sex, chest_pain=whole(source.cp).map(pain),
        systolic=source.trestbps, heart_rate=source.thalach, exertional_angina=source.exang,
        st_depression=source.oldpeak, disease=source.disease)


def eicu(data):
    source = read(data, "multi-eicu-demo/eicu_demo_dev.csv.gz")
    return table(
        source.region.str.lower(), source.hospitalid, age=source.age, sex=source.gender.str.lower(),
        ventilated=source.vent, eyes=whole(source.eyes), motor=whole(source.motor), verbal=whole(source.verbal),
        heart_rate=source.heartrate, mean_pressure=source.meanbp, temperature=source.temperature,
        respiratory_rate=source.respiratoryrate, urea_nitrogen=source.bun, white_cells=source.wbc,
        died=source.died)


def gusto(data):
    source = read(data, "multi-gusto/gusto_dev.csv.gz")
    return table(
        "region-" + source.regl, source.patient_no, age=source.age, sex=source.sex, killip=source.Killip,
        systolic=source.sysbp, pulse=source.pulse, location=source.miloc, leads=source.ste,
        relief_over_1h=source.ttr, height=source.height, weight=source.weight, smoking=source.smk,
        treatment=source.tx, previous_infarction=source.pmi.map({"no": "0", "yes": "1"}),
        hypertension=source.htn.map(NO_YES), diabetes=source.dia, previous_stroke=source.prevcvd.map(NO_YES),
        previous_bypass=source.prevcabg.map(NO_YES), died=source.day30)


def multicohort(data):
    source = read(data, "ibd-multicohort/ibd_multicohort.csv.gz")
    source = source[(source.disease == "CD") & (source.complicated_behaviour != "")]
    return table(
        source.site.str.lower(), source.patient_id, age=source.age, age_at_diagnosis=source.age_at_diagnosis,
        sex=source.gender, complicated=whole(source.complicated_behaviour))


STUDIES = {function.__name__: function for function in (
    thiomon, prism, cis, arthritis, heart, eicu, gusto, multicohort)}
