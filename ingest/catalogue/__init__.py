"""The platform's official connectors, hosts and SOAP services: data, and how a host is recognised."""
