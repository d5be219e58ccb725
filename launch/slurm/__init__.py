"""Settings computed where the hardware is: job arrays through submitit."""
