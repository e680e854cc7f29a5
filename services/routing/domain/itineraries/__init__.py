"""Search over dated carriages: which ways goods can go, each at its best."""
