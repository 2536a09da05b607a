package savepoint

// properties reads CheckpointProperties, which Flink writes as a Java object
// at the very end (MetadataV4Serializer). Its field checkpointType is a
// SavepointType with a name and a formatType, or a CheckpointType with a name.
func (in *input) properties() *Properties {
	object := in.javaStream()
	if in.err != nil {
		return nil
	}
	kind, ok := object.fields["checkpointType"].(*javaObject)
	if !ok {
		in.damaged("the properties do not say what kind of snapshot it is")
		return nil
	}
	p := &Properties{Savepoint: kind.class == "org.apache.flink.runtime.checkpoint.SavepointType"}
	p.Type, _ = kind.fields["name"].(string)
	if format, ok := kind.fields["formatType"].(*javaObject); ok {
		p.Format = format.constant
	}
	return p
}
