package look

// RecordOf is for the tests.
var RecordOf = recordOf
