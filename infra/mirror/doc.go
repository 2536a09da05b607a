// Package mirror says what a platform's mirror has to hold before the platform is
// deployed: each chart and image, where its makers publish it and where it is looked
// for, as a list and as a script that copies all of it.
//
// It knows the table of charts and the platform's file. It refuses to know
// registries: nothing is asked or copied here. Start with copies.go.
package mirror
