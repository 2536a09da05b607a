package jsonata

import (
	"crypto/md5"  // $hash offers it; nothing here relies on its strength
	"crypto/sha1" // as above
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"hash"
	"math"
	"math/rand/v2"

	"github.com/dop251/goja"
	"github.com/google/uuid"
)

// maxRange is the longest array $range makes; AWS documents the limit for
// States.ArrayRange, which $range replaces.
// Source: https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html
const maxRange = 1000

// codeArgument is the Error.Code of a wrong argument to an addition. It is none
// of jsonata.js's codes, whose messages jsonata.js would put over ours.
const codeArgument = "Argument"

var hashes = map[string]func() hash.Hash{
	"MD5": md5.New, "SHA-1": sha1.New, "SHA-256": sha256.New, "SHA-384": sha512.New384, "SHA-512": sha512.New,
}

// addition is a Go function that JSONata can call. A panic with a Go error
// would be an internal fault; a wrong argument is thrown as an *Error's object.
type addition func(arguments []goja.Value) (goja.Value, error)

// additions are the functions that Step Functions adds to JSONata.
func (m *machine) additions() goja.Value {
	object := m.vm.NewObject()
	for name, run := range map[string]addition{
		"partition": m.partition, "range": m.makeRange, "hash": m.hash, "random": m.randomNumber, "uuid": m.uuid, "parse": m.parseText,
	} {
		_ = object.Set(name, m.wrap(name, run))
	}
	return object
}

// wrap gives an addition JSONata's manners: an undefined argument makes the
// result undefined, a fault names the function.
func (m *machine) wrap(name string, run addition) func(goja.FunctionCall) goja.Value {
	return func(call goja.FunctionCall) goja.Value {
		for _, argument := range call.Arguments {
			if goja.IsUndefined(argument) {
				return goja.Undefined()
			}
		}
		value, err := run(call.Arguments)
		if err != nil {
			thrown := m.vm.NewObject()
			_ = thrown.Set("code", codeArgument)
			_ = thrown.Set("message", fmt.Sprintf("$%s: %s", name, err))
			panic(thrown)
		}
		return value
	}
}

func (m *machine) partition(arguments []goja.Value) (goja.Value, error) {
	if len(arguments) != 2 {
		return nil, fmt.Errorf("wants an array and a size, got %d arguments", len(arguments))
	}
	array, ok := arguments[0].(*goja.Object)
	if !ok || array.ClassName() != "Array" {
		return nil, fmt.Errorf("the first argument must be an array, not %s", arguments[0])
	}
	size, err := wholeNumber(arguments[1])
	if err != nil || size < 1 {
		return nil, fmt.Errorf("the size must be a whole number above 0, not %s", arguments[1])
	}
	var parts []any
	for start, length := int64(0), array.Get("length").ToInteger(); start < length; start += size {
		var part []any
		for i := start; i < min(start+size, length); i++ {
			part = append(part, array.Get(fmt.Sprint(i)))
		}
		parts = append(parts, m.vm.NewArray(part...))
	}
	return m.vm.NewArray(parts...), nil
}

func (m *machine) makeRange(arguments []goja.Value) (goja.Value, error) {
	if len(arguments) != 3 {
		return nil, fmt.Errorf("wants the first value, the last and the step, got %d arguments", len(arguments))
	}
	var numbers [3]int64
	for i, argument := range arguments {
		number, err := wholeNumber(argument)
		if err != nil {
			return nil, err
		}
		numbers[i] = number
	}
	first, last, step := numbers[0], numbers[1], numbers[2]
	if step == 0 {
		return nil, fmt.Errorf("the step must not be 0")
	}
	if (last-first)/step >= maxRange {
		return nil, fmt.Errorf("makes at most %d values", maxRange)
	}
	var values []any
	for value := first; (step > 0 && value <= last) || (step < 0 && value >= last); value += step {
		values = append(values, value)
	}
	return m.sequence(values), nil
}

// sequence returns what JSONata makes of a sequence: nothing, the one value
// itself, or an array. AWS's $range(1, 9, 9) was recorded to answer 1, not [1].
// Source: github.com/localstack/localstack, test_array_jsonata.snapshot.json.
func (m *machine) sequence(values []any) goja.Value {
	switch len(values) {
	case 0:
		return goja.Undefined()
	case 1:
		return m.vm.ToValue(values[0])
	}
	return m.vm.NewArray(values...)
}

func (m *machine) hash(arguments []goja.Value) (goja.Value, error) {
	if len(arguments) != 2 {
		return nil, fmt.Errorf("wants a text and an algorithm, got %d arguments", len(arguments))
	}
	text, ok := arguments[0].Export().(string)
	if !ok {
		return nil, fmt.Errorf("hashes a string, not %s", arguments[0])
	}
	algorithm, ok := hashes[arguments[1].String()]
	if !ok {
		return nil, fmt.Errorf("knows MD5, SHA-1, SHA-256, SHA-384 and SHA-512, not %s", arguments[1])
	}
	sum := algorithm()
	sum.Write([]byte(text))
	return m.vm.ToValue(hex.EncodeToString(sum.Sum(nil))), nil
}

// randomNumber answers the same number for the same seed, as AWS does; which
// number that is, only AWS knows.
func (m *machine) randomNumber(arguments []goja.Value) (goja.Value, error) {
	if len(arguments) == 0 {
		return m.vm.ToValue(m.random()), nil
	}
	seed := arguments[0].ToFloat()
	if math.IsNaN(seed) {
		return nil, fmt.Errorf("the seed must be a number, not %s", arguments[0])
	}
	return m.vm.ToValue(rand.New(rand.NewPCG(math.Float64bits(seed), 0)).Float64()), nil
}

func (m *machine) uuid([]goja.Value) (goja.Value, error) {
	if m.env.Rand == nil {
		return m.vm.ToValue(uuid.NewString()), nil
	}
	id, err := uuid.NewRandomFromReader(randReader{m.env.Rand})
	if err != nil {
		return nil, err
	}
	return m.vm.ToValue(id.String()), nil
}

func (m *machine) parseText(arguments []goja.Value) (goja.Value, error) {
	if len(arguments) != 1 {
		return nil, fmt.Errorf("wants one string of JSON, got %d arguments", len(arguments))
	}
	value, err := m.parse(goja.Undefined(), arguments[0])
	if err != nil {
		return nil, fmt.Errorf("the text is not JSON: %s", arguments[0])
	}
	return value, nil
}

// randReader makes bytes from a seeded source, so that identifiers can be repeated in tests.
type randReader struct{ source *rand.Rand }

func (r randReader) Read(buffer []byte) (int, error) {
	for i := range buffer {
		buffer[i] = byte(r.source.Uint32())
	}
	return len(buffer), nil
}

func wholeNumber(value goja.Value) (int64, error) {
	number, ok := value.Export().(int64)
	if ok {
		return number, nil
	}
	fraction, ok := value.Export().(float64)
	if !ok || fraction != math.Trunc(fraction) || math.Abs(fraction) > 1<<53 {
		return 0, fmt.Errorf("wants whole numbers, not %s", value)
	}
	return int64(fraction), nil
}
