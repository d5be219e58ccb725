"""The spectral transcoder: from third-octave levels to what classifiers of urban sound read."""
