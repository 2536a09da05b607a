package savepoint

import "unicode/utf16"

// text reads a string of DataOutput.writeUTF.
func (in *input) text() string {
	b := make([]byte, in.int16())
	in.read(b)
	s, ok := modifiedUTF8(b)
	if !ok {
		in.damaged("a text that is no text")
	}
	return s
}

// modifiedUTF8 decodes Java's own UTF-8: code units of UTF-16, one to three
// bytes each, and no zero byte (java.io.DataInput).
func modifiedUTF8(b []byte) (string, bool) {
	plain := true
	for _, c := range b {
		plain = plain && c < 0x80
	}
	if plain {
		return string(b), true
	}
	units := make([]uint16, 0, len(b))
	for len(b) > 0 {
		unit, n := codeUnit(b)
		if n == 0 {
			return "", false
		}
		units, b = append(units, unit), b[n:]
	}
	return string(utf16.Decode(units)), true
}

// codeUnit decodes the first code unit of b and tells its length, 0 for none.
func codeUnit(b []byte) (uint16, int) {
	tail := func(i int) bool { return i < len(b) && b[i]&0xC0 == 0x80 }
	switch c := b[0]; {
	case c < 0x80:
		return uint16(c), 1
	case c&0xE0 == 0xC0 && tail(1):
		return uint16(c&0x1F)<<6 | uint16(b[1]&0x3F), 2
	case c&0xF0 == 0xE0 && tail(1) && tail(2):
		return uint16(c&0x0F)<<12 | uint16(b[1]&0x3F)<<6 | uint16(b[2]&0x3F), 3
	}
	return 0, 0
}
