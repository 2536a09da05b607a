package jsonata

import (
	"encoding/base64"
	"errors"

	"github.com/dop251/goja"
)

// browser defines what jsonata.js takes from a browser: window, and the two
// functions behind $base64encode and $base64decode.
func (m *machine) browser() error {
	global := m.vm.GlobalObject()
	if err := global.Set("window", global); err != nil {
		return err
	}
	if err := global.Set("btoa", m.encodeBase64); err != nil {
		return err
	}
	return global.Set("atob", m.decodeBase64)
}

// encodeBase64 takes a string whose characters stand for bytes, as btoa does.
func (m *machine) encodeBase64(call goja.FunctionCall) goja.Value {
	var bytes []byte
	for _, character := range call.Argument(0).String() {
		if character > 0xFF {
			panic(m.vm.NewGoError(errors.New("$base64encode cannot take characters above U+00FF: encode them with $encodeUrlComponent first")))
		}
		bytes = append(bytes, byte(character))
	}
	return m.vm.ToValue(base64.StdEncoding.EncodeToString(bytes))
}

// decodeBase64 returns a string whose characters stand for bytes, as atob does.
func (m *machine) decodeBase64(call goja.FunctionCall) goja.Value {
	bytes, err := base64.StdEncoding.DecodeString(call.Argument(0).String())
	if err != nil {
		panic(m.vm.NewGoError(errors.New("the argument of $base64decode is not base64: " + err.Error())))
	}
	characters := make([]rune, len(bytes))
	for i, b := range bytes {
		characters[i] = rune(b)
	}
	return m.vm.ToValue(string(characters))
}
