// Command charts renders every chart that the committed templates install, with
// the values that they install it with, as helm would:
//
//	make check-charts                             pulls the charts, which needs the internet
//	go run ./test/charts -charts <folder>         takes them from <folder>/<name> instead
//
// A chart with a schema is checked by helm; of one without, a value that its
// values.yaml does not know is a fault, since helm ignores it in silence. Each is
// rendered once more as from a mirror, and the images that come out have to be those
// of the table, at the makers' and at the mirror. It also says which charts have
// newer versions.
//
// It knows templates of CloudFormation, folders of charts and the table. It refuses
// to know which charts there are: the templates say so. Start with main.go.
package main
