module airlane.example/samples

go 1.21
