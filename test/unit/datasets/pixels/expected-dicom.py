"""Reference numbers for dicom-files.test.ts: pydicom 2.3 with GDCM and Pillow, Debian 12.

usage: for f in FOLDER/*.dcm; do python3 expected-dicom.py $f; done > expected-dicom.jsonl

One file a process, since GDCM may crash. Every image is shown as its file says: rescaled, through its first window (without one
from its smallest to its largest value, or the whole range of up to eight bits), MONOCHROME1 inverted last; 0 to 255, not rounded.
"""

import io
import json
import os
import sys
import warnings
import zlib

import numpy as np
import pydicom
from PIL import Image
from pydicom.encaps import generate_pixel_data_frame
from pydicom.pixel_data_handlers.rle_handler import _rle_decode_segment, _parse_rle_header
from pydicom.pixel_data_handlers.util import apply_color_lut, apply_modality_lut, apply_windowing, convert_color_space

warnings.simplefilter("ignore")
UNCOMPRESSED = ("1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.2")
DEFLATED_FRAMES, RLE = "1.2.840.10008.1.2.8.1", "1.2.840.10008.1.2.5"
HTJ2K = ("1.2.840.10008.1.2.4.201", "1.2.840.10008.1.2.4.202", "1.2.840.10008.1.2.4.203")


def unpacked(data, code):
    """One bit a pixel, which pydicom does not read compressed."""
    syntax = data.file_meta.TransferSyntaxUID
    shape = (data.Rows, data.Columns)
    if syntax not in (DEFLATED_FRAMES, RLE):
        return np.array(Image.open(io.BytesIO(code))).astype("uint8").reshape(shape)
    if syntax == DEFLATED_FRAMES:
        packed = zlib.decompressobj(-15).decompress(code)
    else:
        packed = _rle_decode_segment(code[_parse_rle_header(code[:64])[0] :])
    bits = np.unpackbits(np.frombuffer(packed, "uint8"), bitorder="little")
    return bits[: shape[0] * shape[1]].reshape(shape)


def pixels(data):
    if data.file_meta.get("TransferSyntaxUID") is None:
        data.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2" if data.is_implicit_VR else "1.2.840.10008.1.2.1"
    frames = int(str(data.get("NumberOfFrames", 1) or 1).rstrip("A"))
    if data.file_meta.TransferSyntaxUID in HTJ2K:
        codes = generate_pixel_data_frame(data.PixelData, frames)
        return np.stack([np.array(Image.open(io.BytesIO(code))) for code in codes])
    if data.get("BitsAllocated") == 1 and data.file_meta.TransferSyntaxUID not in UNCOMPRESSED:
        array = np.stack([unpacked(data, code) for code in generate_pixel_data_frame(data.PixelData, frames)])
        return np.minimum(array, 1)
    data.NumberOfFrames = frames
    array = data.pixel_array
    return array if frames > 1 else array[None]


def voi(data):
    shared = data.get("SharedFunctionalGroupsSequence")
    if "WindowCenter" not in data and shared and "FrameVOILUTSequence" in shared[0]:
        return shared[0].FrameVOILUTSequence[0]
    return data


def shown(frame, data):
    photometric = data.PhotometricInterpretation
    if photometric == "PALETTE COLOR":
        if not data.is_little_endian:
            # pydicom 2.3 takes the words of a palette for little endian ones
            for colour in ("Red", "Green", "Blue"):
                words = np.frombuffer(data[f"{colour}PaletteColorLookupTableData"].value, ">u2")
                data[f"{colour}PaletteColorLookupTableData"].value = words.astype("<u2").tobytes()
            data.is_little_endian = True
        colours = apply_color_lut(frame, data).astype("float64")
        return colours * 255 / (2 ** data.RedPaletteColorLookupTableDescriptor[2] - 1)
    if data.get("SamplesPerPixel", 1) == 3:
        rgb = convert_color_space(frame, photometric, "RGB") if photometric.startswith("YBR_FULL") else frame
        return rgb.astype("float64") * 255 / (2**data.BitsStored - 1)
    values = apply_modality_lut(frame, data).astype("float64")
    low, high = values.min(), values.max()
    window = voi(data)
    if "WindowCenter" in window:
        center = np.atleast_1d(window.WindowCenter)[0]
        width = np.atleast_1d(window.WindowWidth)[0]
        # a width of one is meant exactly
        low, high = (center - 0.5, center + 0.5) if width <= 1 else (center - width / 2, center + width / 2 - 1)
    elif data.get("BitsStored", 99) <= 8 and not data.get("PixelRepresentation", 0):
        low, high = 0, 2**data.BitsStored - 1
    grey = np.clip((values - low) / (high - low), 0, 1) * 255 if high > low else values * 0
    return 255 - grey if photometric == "MONOCHROME1" else grey


def summary(grey):
    height, width = grey.shape[:2]
    places = [(height // 2, width // 2), (height // 3, width // 4), (height * 3 // 4, width * 2 // 3)]
    return {
        "mean": round(float(grey.mean()), 3),
        "deviation": round(float(grey.std()), 3),
        "pixels": [np.round(np.atleast_1d(grey[y, x]), 2).tolist() for y, x in places],
    }


def main(path):
    data = pydicom.dcmread(path, force=True)
    name = os.path.basename(path)
    if not any(key in data for key in ("PixelData", "FloatPixelData", "DoubleFloatPixelData")):
        return {"file": name, "image": None}
    array = pixels(data)
    first, last = shown(array[0], data), shown(array[-1], data)
    height, width = first.shape[:2]
    image = {"width": width, "height": height, "channels": 3 if first.ndim == 3 else 1, "frames": len(array)}
    return {"file": name, "image": image, "first": summary(first), "last": summary(last)}


print(json.dumps(main(sys.argv[1])))
