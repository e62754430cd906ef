"""Writes .npy files without NumPy, which may not be there."""


def write_npy(path, descr, values, shape):
    """Writes an array.array, or bytes; the last axis runs fastest."""
    text = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {tuple(shape)}, }}"
    header = text.encode() + b" " * ((-len(text) - 11) % 64) + b"\n"
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header)
        file.write(values.tobytes() if hasattr(values, "tobytes") else values)
