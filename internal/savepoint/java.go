package savepoint

import "fmt"

// The parts of Java's serialization protocol that Flink's CheckpointProperties
// need (https://docs.oracle.com/en/java/javase/17/docs/specs/serialization/protocol.html):
// plain objects, enums, strings. Nothing is ever made of the classes that are
// named; other parts are refused.
const (
	javaMagic   = 0xACED
	javaVersion = 5

	tcNull      = 0x70
	tcReference = 0x71
	tcClassDesc = 0x72
	tcObject    = 0x73
	tcString    = 0x74
	tcEndBlock  = 0x78
	tcEnum      = 0x7E

	scSerializable = 0x02
	scEnum         = 0x10

	firstReference = 0x7E0000
	maxReferences  = 256
)

// javaObject is an object or an enum's constant.
type javaObject struct {
	class    string
	constant string         // of an enum
	fields   map[string]any // bool, string, *javaObject, nil; numbers are not kept
}

// javaClass describes a class and what it extends.
type javaClass struct {
	name   string
	flags  byte
	fields []javaField
	super  *javaClass
}

type javaField struct {
	kind byte // B C D F I J S Z, or [ and L for references
	name string
}

// javaInput reads one stream. References point at what was read before.
type javaInput struct {
	*input
	seen []any
}

// javaStream reads a stream's head and the object in it.
func (in *input) javaStream() *javaObject {
	if head, version := in.int16(), in.int16(); head != javaMagic || version != javaVersion {
		in.damaged("the properties do not begin as a Java object does")
		return nil
	}
	j := javaInput{input: in}
	object, _ := j.value(0).(*javaObject)
	if object == nil {
		in.damaged("the properties are no Java object")
	}
	return object
}

// keep makes a thing one that can be referred to. Bounded: handles are counted.
func (j *javaInput) keep(thing any) {
	if len(j.seen) >= maxReferences {
		j.unsupported("properties with more than %d parts", maxReferences)
		return
	}
	j.seen = append(j.seen, thing)
}

func (j *javaInput) value(depth int) any {
	if depth > maxDepth {
		j.damaged("properties that are nested too deep")
	}
	if j.err != nil {
		return nil
	}
	switch t := j.byte(); t {
	case tcNull:
		return nil
	case tcReference:
		return j.reference()
	case tcString:
		s := j.text()
		j.keep(s)
		return s
	case tcEnum:
		return j.enum(depth)
	case tcObject:
		return j.object(depth)
	default:
		j.unsupported("properties with a part of the type %02x", t)
		return nil
	}
}

func (j *javaInput) reference() any {
	i := j.int() - firstReference
	if i < 0 || i >= len(j.seen) {
		j.damaged("properties that refer to what is not there")
		return nil
	}
	return j.seen[i]
}

func (j *javaInput) enum(depth int) any {
	class := j.class(depth + 1)
	o := &javaObject{}
	j.keep(o)
	name, ok := j.value(depth + 1).(string)
	if class == nil || !ok {
		j.damaged("an enum without a class or name")
		return nil
	}
	o.class, o.constant = class.name, name
	return o
}

func (j *javaInput) object(depth int) any {
	class := j.class(depth + 1)
	if class == nil {
		j.damaged("an object without a class")
		return nil
	}
	o := &javaObject{class: class.name, fields: map[string]any{}}
	j.keep(o)
	for _, c := range lineage(class) {
		for _, f := range c.fields {
			o.fields[f.name] = j.field(f, depth+1)
		}
	}
	return o
}

// lineage is a class after all that it extends, as its fields are written.
func lineage(c *javaClass) []*javaClass {
	var classes []*javaClass
	for ; c != nil && len(classes) <= maxDepth; c = c.super {
		classes = append([]*javaClass{c}, classes...)
	}
	return classes
}

func (j *javaInput) field(f javaField, depth int) any {
	switch f.kind {
	case 'Z':
		return j.byte() != 0
	case 'B':
		j.skip(1)
	case 'C', 'S':
		j.skip(2)
	case 'F', 'I':
		j.skip(4)
	case 'D', 'J':
		j.skip(8)
	default:
		return j.value(depth)
	}
	return nil
}

// class reads what describes a class, or nil where there is none.
func (j *javaInput) class(depth int) *javaClass {
	if depth > maxDepth {
		j.damaged("properties whose classes are nested too deep")
		return nil
	}
	switch t := j.byte(); t {
	case tcNull:
		return nil
	case tcReference:
		c, ok := j.reference().(*javaClass)
		if !ok {
			j.damaged("properties that take something else for a class")
		}
		return c
	case tcClassDesc:
		return j.newClass(depth)
	default:
		j.unsupported("properties with a class of the type %02x", t)
		return nil
	}
}

func (j *javaInput) newClass(depth int) *javaClass {
	c := &javaClass{name: j.text()}
	j.skip(8) // serialVersionUID
	j.keep(c)
	c.flags = j.byte()
	if c.flags&^scEnum != scSerializable {
		j.unsupported("properties with the class %q, which writes itself in its own way", fmt.Sprintf("%.80s", c.name))
	}
	n := int(j.int16())
	if n > maxReferences {
		j.unsupported("properties with a class of %d fields", n)
	}
	for i := 0; j.more(i, n); i++ {
		f := javaField{kind: j.byte(), name: j.text()}
		if f.kind == 'L' || f.kind == '[' {
			j.value(depth + 1) // the name of its class
		}
		c.fields = append(c.fields, f)
	}
	if end := j.byte(); end != tcEndBlock {
		j.unsupported("properties with an annotated class")
	}
	c.super = j.class(depth + 1)
	return c
}
