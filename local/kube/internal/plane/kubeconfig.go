package plane

import (
	"os"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"
)

// requests per second of our own clients; the default of 5 is meant for guests.
const (
	clientQPS   = 400
	clientBurst = 800
)

func writeKubeconfig(path, server string, p PKI) error {
	c := api.NewConfig()
	ca, err := os.ReadFile(p.CA)
	if err != nil {
		return err
	}
	admin, err := os.ReadFile(p.Admin)
	if err != nil {
		return err
	}
	key, err := os.ReadFile(p.AdminKey)
	if err != nil {
		return err
	}
	c.Clusters["sluice"] = &api.Cluster{Server: server, CertificateAuthorityData: ca}
	c.AuthInfos["admin"] = &api.AuthInfo{ClientCertificateData: admin, ClientKeyData: key}
	c.Contexts["sluice"] = &api.Context{Cluster: "sluice", AuthInfo: "admin", Namespace: "default"}
	c.CurrentContext = "sluice"
	return clientcmd.WriteToFile(*c, path)
}

func adminConfig(server string, p PKI) (*rest.Config, error) {
	c := &rest.Config{
		Host: server, QPS: clientQPS, Burst: clientBurst,
		TLSClientConfig: rest.TLSClientConfig{CAFile: p.CA, CertFile: p.Admin, KeyFile: p.AdminKey},
	}
	return c, rest.LoadTLSFiles(c)
}
