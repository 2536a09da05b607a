package ledger

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/sluice-flink/sluice/internal/flink"
)

// Schema is the version of the document's form that this program writes. It is
// raised by whatever an older program must not lose or misread, new fields
// included: a program refuses a document of a newer schema than its own, and so
// an older one that still runs beside a newer one stops instead of writing back
// a document without the fields that it does not know.
const Schema = 3

// upgrades are what each older schema takes to become the next one: pure, and
// on the fields as they are written, so that the types of today may change.
var upgrades = []func(fields) error{
	0: func(fields) error { return nil }, // documents from before the field schema have the form of 1
	1: sayWhatChangesAreAndWhatWasPromoted,
	2: func(fields) error { return nil }, // what 3 has more, incidents and rotations, had not happened yet
}

// fields are a JSON object's.
type fields map[string]json.RawMessage

// sayWhatChangesAreAndWhatWasPromoted: until then every change was an upgrade,
// and the newest good revision was the only one remembered.
func sayWhatChangesAreAndWhatWasPromoted(document fields) error {
	if pending, found := document["pending"]; found && string(pending) != "null" {
		var change fields
		if err := json.Unmarshal(pending, &change); err != nil {
			return fmt.Errorf("pending: %w", err)
		}
		change["change"] = raw(flink.Change{Kind: flink.Upgrade})
		document["pending"] = raw(change)
	}
	var lastGood string
	if text, found := document["lastGood"]; found {
		if err := json.Unmarshal(text, &lastGood); err != nil {
			return fmt.Errorf("lastGood: %w", err)
		}
	}
	if lastGood != "" {
		document["history"] = raw([]Deployed{{Revision: lastGood}})
	}
	return nil
}

func raw(v any) json.RawMessage {
	text, _ := json.Marshal(v) // made of strings and JSON: cannot fail
	return text
}

// decodeDocument reads a document of this schema or an older one.
func decodeDocument(body []byte, into *Document) error {
	into.Schema = 0 // what a document without the field has
	err := json.Unmarshal(body, into)
	if err == nil && into.Schema == Schema {
		return nil
	}
	var known struct {
		Schema int `json:"schema"`
	}
	if err := json.Unmarshal(body, &known); err != nil {
		return err
	}
	switch {
	case known.Schema == Schema:
		return err
	case known.Schema > Schema:
		// Unavailable: while Sluice is being upgraded the next try may meet the newer version.
		return flink.Errorf(flink.Unavailable, "", "the document has schema %d and this version of Sluice knows %d: upgrade Sluice", known.Schema, Schema)
	case known.Schema < 0:
		return fmt.Errorf("schema %d was never written", known.Schema)
	}
	return upgrade(body, known.Schema, into)
}

// upgrade brings a document from an older schema to this one.
func upgrade(body []byte, from int, into *Document) error {
	var document fields
	if err := json.NewDecoder(bytes.NewReader(body)).Decode(&document); err != nil {
		return err
	}
	if document == nil { // null is JSON, too
		return errors.New("it is empty")
	}
	for ; from < Schema; from++ {
		if err := upgrades[from](document); err != nil {
			return fmt.Errorf("from schema %d: %w", from, err)
		}
	}
	document["schema"] = raw(Schema)
	text, err := json.Marshal(document)
	if err != nil {
		return err
	}
	*into = Document{}
	return json.Unmarshal(text, into)
}
