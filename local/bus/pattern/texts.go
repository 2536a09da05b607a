package pattern

import (
	"fmt"
	"net/netip"
	"strings"
)

func hasPrefix(text, part string) bool { return strings.HasPrefix(text, part) }

func hasSuffix(text, part string) bool { return strings.HasSuffix(text, part) }

// foldCase makes texts comparable whatever their case, character by character.
func foldCase(text string) string { return strings.ToLower(strings.ToUpper(text)) }

// affix reads the operand of prefix and suffix: a text, or {"equals-ignore-case": text}.
func affix(has func(text, part string) bool) func(any) (test, error) {
	return func(operand any) (test, error) {
		if object, ok := operand.(map[string]any); ok && len(object) == 1 {
			if part, ok := object["equals-ignore-case"].(string); ok {
				part = foldCase(part)
				return onText(func(text string) bool { return has(foldCase(text), part) }), nil
			}
		}
		part, ok := operand.(string)
		if !ok {
			return test{}, fmt.Errorf(`a text or {"equals-ignore-case": text} is wanted, not %s`, show(operand))
		}
		return onText(func(text string) bool { return has(text, part) }), nil
	}
}

func equalsIgnoreCase(operand any) (test, error) {
	want, ok := operand.(string)
	if !ok {
		return test{}, fmt.Errorf("a text is wanted, not %s", show(operand))
	}
	want = foldCase(want)
	return onText(func(text string) bool { return foldCase(text) == want }), nil
}

func cidr(operand any) (test, error) {
	text, ok := operand.(string)
	if !ok {
		return test{}, fmt.Errorf("a text like 10.0.0.0/24 is wanted, not %s", show(operand))
	}
	block, err := netip.ParsePrefix(text)
	if err != nil {
		return test{}, fmt.Errorf("%q is no address block like 10.0.0.0/24 or 2001:db8::/32", text)
	}
	block = block.Masked()
	return onText(func(text string) bool {
		address, err := netip.ParseAddr(text)
		return err == nil && block.Contains(address)
	}), nil
}
